# A JSON object is a dict, and back.
let path = "{args[0]}/a.json"
# args: {tmp}
write(path, "{{\"a b\": [1, {{\"c\": null}}], \"d\": true}}")
let d = json(path)
print(d, d["a b"][1].c)                         # expect: dict(("a b", [1, dict(c: none)]), ("d", true)) none
d.e = [1, 2]
print(to_json(d))                               # expect: {"a b": [1, {"c": null}], "d": true, "e": [1, 2]}
