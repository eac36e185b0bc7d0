"""How services are reached: addresses, Services, policies and the way in."""
