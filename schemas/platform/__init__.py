"""What a platform offers, allows and lacks."""
