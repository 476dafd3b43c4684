"""Runs a project's __main__.py as an inline program of Pulumi's Automation API; prints what happened as JSON."""

import json
import os
import runpy
import sys

from pulumi import automation

project, folder, home, config = sys.argv[1:]


def program():
    runpy.run_path(os.path.join(folder, "__main__.py"))


options = automation.LocalWorkspaceOptions(pulumi_home=home, env_vars=dict(os.environ))
stack = automation.create_or_select_stack(stack_name="dev", project_name=project, program=program, opts=options)
for key, value in json.loads(config).items():
    stack.set_config(key, automation.ConfigValue(value))
up = stack.up()
again = stack.preview()
print(json.dumps({"up": up.summary.resource_changes, "again": again.change_summary}), flush=True)
input()
print(json.dumps({"destroyed": stack.destroy().summary.resource_changes}))
