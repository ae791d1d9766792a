print(to_json(dict((2, "two"))))    # expect error: a key of a JSON object is a string
