"""Extracts from the API models in botocore what arguments may be, and the calls that the stand-in for `aws` knows.

Reads api.json beside it and writes facts/values.json and stand-in/operations.json below the folder given.
"""

import gzip
import json
import pathlib
import re
import sys

import botocore
import botocore.loaders

HERE = pathlib.Path(__file__).parent
LOADER = botocore.loaders.Loader()
MODELS = {}
# Members deeper than this are left out of what the stand-in answers.
DEPTH = 3


def model(service):
    if service not in MODELS:
        MODELS[service] = LOADER.load_service_model(service, "service-2")
    return MODELS[service]


def plain(name):
    return re.sub(r"[^a-z0-9]", "", name.lower())


def limits(service, operation, shape):
    """The limits of a text or number, or None where the model has none."""
    known = {key: shape[key] for key in ("enum", "pattern", "min", "max") if key in shape}
    # A pattern in Java's own notation is left to AWS; \u0020 is \x{0020} in Go.
    if "pattern" in known:
        try:
            re.compile(known["pattern"])
        except re.error:
            del known["pattern"]
        else:
            known["pattern"] = re.sub(r"\\u([0-9A-F]{4})", r"\\x{\1}", known["pattern"])
    if known and shape["type"] == "string":
        known["text"] = True
    return {**known, "source": f"{service}.{operation}"} if known else None


def arguments(service, operation, block, members, names, path=""):
    """The limits of a block's settable arguments that the operation has a member for."""
    shapes = model(service)["shapes"]
    found = {}
    by_name = {plain(member): member for member in members}
    for name, attribute in block.get("attributes", {}).items():
        member = names.get(path + name) or by_name.get(plain(name))
        if not member or not (attribute.get("required") or attribute.get("optional")):
            continue
        shape = shapes[members[member]["shape"]]
        if shape["type"] == "list":
            shape = shapes[shape["member"]["shape"]]
        kind = attribute["type"]
        scalar = kind if isinstance(kind, str) else kind[1]
        fits = {"string": "string", "integer": "number", "long": "number"}.get(shape["type"]) == scalar
        known = limits(service, operation, shape) if fits else None
        if known:
            found[path + name] = known
    for name, nested in block.get("block_types", {}).items():
        member = names.get(path + name) or by_name.get(plain(name))
        shape = shapes[members[member]["shape"]] if member else {}
        if shape.get("type") == "list":
            shape = shapes[shape["member"]["shape"]]
        if shape.get("type") == "structure":
            found |= arguments(service, operation, nested["block"], shape["members"], names, f"{path}{name}.")
    return found


def members(service, name, depth=0):
    """A shape as the stand-in uses it: type, limits, members and what is required."""
    shapes = model(service)["shapes"]
    shape = shapes[name]
    known = {key: shape[key] for key in ("type", "enum", "pattern", "min", "max", "required") if key in shape}
    if depth > DEPTH:
        return {"type": shape["type"]}
    if "members" in shape:
        known["members"] = {key: members(service, m["shape"], depth + 1) for key, m in shape["members"].items()}
    if shape["type"] == "list":
        known["member"] = members(service, shape["member"]["shape"], depth + 1)
    return known


def main():
    wanted = json.loads((HERE / "api.json").read_text())
    schema = json.load(gzip.open(HERE / "../schema/aws.json.gz"))["provider_schemas"]["registry.opentofu.org/hashicorp/aws"]
    values = {}
    for kind, row in wanted["types"].items():
        service, operation = row["operation"].split(".")
        call = model(service)["operations"][operation]
        shape = model(service)["shapes"][call["input"]["shape"]]
        block = schema["resource_schemas"][kind]["block"]
        values[kind] = arguments(service, operation, block, shape["members"], row.get("names", {}))
    calls = {}
    for service, names in wanted["calls"].items():
        for name in names:
            call = model(service)["operations"][name]
            calls[f"{service}.{name}"] = {
                side: members(service, call[side]["shape"]) for side in ("input", "output") if side in call
            }
    target = pathlib.Path(sys.argv[1])
    (target / "facts/values.json").write_text(json.dumps(values, indent=1, sort_keys=True) + "\n")
    operations = {"botocore": botocore.__version__, "calls": calls}
    (target / "stand-in/operations.json").write_text(json.dumps(operations, indent=1, sort_keys=True) + "\n")


main()
