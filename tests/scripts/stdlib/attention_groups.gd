let net = TransformerBlock(8, 4, groups: 3)        # expect error: 4 heads cannot share 3 groups
