"""What a stack of this project deploys: it picks a spec, an environment and a provider."""
