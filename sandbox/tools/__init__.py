"""The tools the sandbox runs: built from Go modules, or unpacked from Debian packages and wheels."""
