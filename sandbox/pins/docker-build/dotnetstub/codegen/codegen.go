// Package codegen declares the one struct of pulumi-dotnet that the
// docker-build provider names in its schema metadata. Nothing here generates code.
package codegen

// CSharpPackageInfo is the .NET part of a Pulumi package schema.
type CSharpPackageInfo struct {
	PackageReferences    map[string]string `json:"packageReferences,omitempty"`
	RespectSchemaVersion bool              `json:"respectSchemaVersion,omitempty"`
}
