"""An engine that only echoes, to see what a program costs by itself."""
