"""HTML doors of the gateways: the simulator, and the page of credentials."""
