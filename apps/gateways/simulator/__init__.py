"""The pretend phone's provider: Meta's dialect over a carrier of our own, so that everything
a real number goes through is gone through without one (GW-40 to GW-45)."""
