# env: GD_SAYS=hello
print(env("GD_SAYS"))   # expect: hello
