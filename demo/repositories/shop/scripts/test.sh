sum=0
for price in 3 4 5; do sum=$((sum + price)); done
test "$sum" -eq 12
echo "test: the sum of a cart is right"
