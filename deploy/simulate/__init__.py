"""Realistic load on a running local stack, through nothing but the services' public interfaces."""
