-- error "can't be saved"
ctx:after(60, "nothing", { print })
