let made = GlobalPool()(zeros(2, 3))   # expect error: GlobalPool takes images
