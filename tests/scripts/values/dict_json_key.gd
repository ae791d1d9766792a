print(to_json(dict((2, "two"))))    # expect error: a key of a JSON object must be a string
