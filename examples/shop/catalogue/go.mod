module shop/catalogue

go 1.26
