# A matrix as other tools write it.
let a = [1, 2; 3, 4]                    # expect error: found `;`
# expect stderr: each row has brackets of its own: `[[1, 2], [3, 4]]`
# status: 65
