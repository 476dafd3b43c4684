"""An inline program of Pulumi's Automation API with the fake plugin's generated package: prints what happened as JSON."""

import json
import os
import sys

import pulumi
import pulumi_fake as fake
from pulumi import automation

home, work_dir, store, tags = sys.argv[1:]


def program():
    password = pulumi.Output.secret("correct horse")
    a = fake.Thing("a", name="a", size=1, tags=json.loads(tags), password=password)
    pulumi.export("serial", a.serial)


stack = automation.create_or_select_stack(
    stack_name="python",
    project_name="things",
    program=program,
    opts=automation.LocalWorkspaceOptions(pulumi_home=home, work_dir=work_dir, env_vars=dict(os.environ)),
)
stack.set_config("fake:store", automation.ConfigValue(store))
up = stack.up()
again = stack.preview()
with open(store) as file:
    things = json.load(file)
destroyed = stack.destroy()
print(
    json.dumps(
        {
            "up": up.summary.resource_changes,
            "serial": up.outputs["serial"].value,
            "again": again.change_summary,
            "things": things,
            "destroyed": destroyed.summary.resource_changes,
        }
    )
)
