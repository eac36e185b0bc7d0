// Package java declares the one struct of pulumi-java that the docker-build
// provider names in its schema metadata. Nothing here generates code.
package java

// PackageInfo is the Java part of a Pulumi package schema.
type PackageInfo struct {
	BuildFiles                      string            `json:"buildFiles,omitempty"`
	GradleNexusPublishPluginVersion string            `json:"gradleNexusPublishPluginVersion,omitempty"`
	Dependencies                    map[string]string `json:"dependencies,omitempty"`
}
