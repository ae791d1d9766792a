print(confusion_matrix([1, -1], [1, 0], names: dict(sex: ["f", "m"])))   # expect error: a data set, or its `classes`, is expected here, this is a dict
