"""Pages of connected numbers: the simulator, the panels that the team's pages show by their address, credentials."""
