"""A stack for the global control plane, and one for each zone: python zones.py up|preview|destroy [zones.json]."""

import json
import os
import sys

import pulumi
import pulumi_apisix as apisix
import pulumi_kuma as kuma
from pulumi import automation


def global_stack(global_url, zones):
    """The external services of all zones, which Kuma brings to every zone."""

    def program():
        provider = kuma.Provider("global", global_url=global_url)
        for name, zone in zones.items():
            kuma.ExternalService(
                f"{name}-httpbin",
                tags={"kuma.io/service": f"{name}-httpbin", "kuma.io/protocol": "http"},
                networking=kuma.ExternalServiceNetworkingArgs(address=f"{zone['backend']}:80"),
                opts=pulumi.ResourceOptions(provider=provider),
            )

    return program


def zone_stack(name, zone):
    """A zone's egress, and its gateway's way to its own backend."""

    def program():
        mesh = kuma.Provider(name, zone_url=zone["zoneUrl"])
        kuma.ZoneEgress(
            f"{name}-egress",
            zone=name,
            networking=kuma.ZoneEgressNetworkingArgs(address=zone["egress"], port=10002),
            opts=pulumi.ResourceOptions(provider=mesh),
        )
        gateway = pulumi.ResourceOptions(
            provider=apisix.Provider(name, admin_url=zone["adminUrl"], admin_key_env="APISIX_ADMIN_KEY")
        )
        upstream = apisix.Upstream(
            "httpbin",
            nodes={f"{zone['backend']}:80": 1},
            pass_host="node",
            opts=gateway,
        )
        route = apisix.Route(
            "httpbin",
            hosts=["local.httpbin.org"],
            uri="/*",
            upstream_id=upstream.upstream_id,
            plugins={"limit-count": apisix.LimitCountPluginArgs(count=100, time_window=60)},
            opts=gateway,
        )
        pulumi.export("routeId", route.route_id)

    return program


def main(operation, file):
    with open(file) as settings:
        given = json.load(settings)
    programs = {"global": global_stack(given["globalUrl"], given["zones"])}
    for name, zone in given["zones"].items():
        programs[name] = zone_stack(name, zone)
    # What refers to the services goes before them.
    names = reversed(programs) if operation == "destroy" else programs
    for name in names:
        stack = automation.create_or_select_stack(
            stack_name=name, project_name="python-zones", program=programs[name]
        )
        result = getattr(stack, operation)()
        changes = result.change_summary if operation == "preview" else result.summary.resource_changes
        print(json.dumps({name: changes}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "zones.json")
