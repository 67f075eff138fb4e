"""What people build by hand from the field's best parts, to compare the whole daemon with (`endtoend`)."""
