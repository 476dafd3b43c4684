"""A backend outside of the mesh, at an APISIX gateway and in a Kuma mesh."""

import pulumi
import pulumi_apisix as apisix
import pulumi_kuma as kuma

config = pulumi.Config()
address = config.require("backend")

# At the gateway: requests for the host go to the backend.
upstream = apisix.Upstream("backend", nodes={address: 1}, pass_host="node")
route = apisix.Route(
    "backend",
    hosts=[config.require("host")],
    uri="/*",
    upstream_id=upstream.upstream_id,
)

# In the mesh: services reach it as http://backend.mesh.
kuma.ExternalService(
    "backend",
    tags={"kuma.io/service": "backend", "kuma.io/protocol": "http"},
    networking=kuma.ExternalServiceNetworkingArgs(address=address),
)

pulumi.export("routeId", route.route_id)
