# status: 65
return 1   # expect error: return
