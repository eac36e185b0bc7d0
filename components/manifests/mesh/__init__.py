"""What a mesh is told of an application: one module for each mesh, all behind `backend.Backend`."""
