# status: 65
break   # expect error: break
