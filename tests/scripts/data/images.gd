# Pictures by folder: classes are folders, colours where any picture has them, [N, C, H, W] from 0 to 1.
let d = images("{here}/parts/pets")
print(shape(d.x), d.y, d.classes.y)                    # expect: (3, 3, 2, 2) [0, 0, 1] ["cat", "dog"]
print(d.x[0, 2], d.x[2, :, 0, 0])                      # expect: [[0, 1], [1, 0]] [1, 0, 0]
let grey = images("{here}/parts/pets", size: 1, channels: 1)
print(shape(grey.x), grey.x[1, 0, 0, 0])               # expect: (3, 1, 1, 1) 0.5
print("{grey.x[2, 0, 0, 0]:.3f}")                      # expect: 0.299
print(image("{here}/parts/uneven/one.pbm"))            # expect: [[[0, 1], [1, 0]]]
print(shape(image("{here}/parts/uneven/two.pbm", size: (4, 5), channels: 4)))   # expect: (4, 4, 5)
print(len(images("{here}/parts/uneven", size: (2, 2))))   # expect: 2
let net = chain(Flatten(), Dense(12, 2))
train net on (x, y) in d { loss: cross_entropy(net(x), y); optimizer: Adam(lr: 0.1); steps: 40; quiet: true }
print(accuracy(net(d.x), d.y))                         # expect: 1
print(confusion_matrix(net(d.x), d.y, names: d.classes))
# expect:      cat  dog
# expect: cat    2    0
# expect: dog    0    1
