fn loud(x) { print("asked"); x }
print(false and loud(true))   # expect: false
print(true or loud(true))     # expect: true
print(true and loud(false))
# expect: asked
# expect: false
