#!/usr/bin/env gd
print("ran")   # expect: ran
