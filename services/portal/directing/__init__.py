"""What the pages of those who direct share: commissioners, councils and who reports to them."""
