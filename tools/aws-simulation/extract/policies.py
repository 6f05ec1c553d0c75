"""Extracts from moto the documents of AWS's own policies that api.json names, into the file given."""

import importlib.util
import json
import pathlib
import runpy
import sys

HERE = pathlib.Path(__file__).parent
names = json.loads((HERE / "api.json").read_text())["policies"]
# The file alone, since the package needs more than it.
moto = pathlib.Path(importlib.util.find_spec("moto").origin).parent
known = json.loads(runpy.run_path(str(moto / "iam/aws_managed_policies.py"))["aws_managed_policies_data"])
unknown = [name for name in names if name not in known]
if unknown:
    sys.exit(f"moto has no policy {', '.join(unknown)}")
documents = {name: known[name]["Document"] for name in sorted(names)}
pathlib.Path(sys.argv[1]).write_text(json.dumps(documents, indent=1, sort_keys=True) + "\n")
