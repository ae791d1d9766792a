stack_models(list(Dense(2, 3), Dense(2, 4)))   # expect error: `outputs` of model 1 is not that of the first
