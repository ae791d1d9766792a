# A protocol for images that there is not is told, and the script runs.
# env: GD_IMAGES=foo
print(1)   # expect: 1
# expect stderr: GD_IMAGES: `foo` is no protocol for images: set it to `kitty`, `sixel`, `iterm` or `none`
