"""Whether a document has the shape of its JSON Schema, and what is said when it has not."""
