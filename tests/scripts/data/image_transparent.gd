# A picture has no transparency unless `channels:` asks for it, which a warning says.
# check
let a = image("{here}/parts/clear.png")
# expect stderr: clear.png: the transparency is ignored
# expect stderr: channels: 4 keeps it
print(shape(image("{here}/parts/clear.png", channels: 3)), shape(image("{here}/parts/clear.png", channels: 4)))
