"""What came back from iTEP, and reporting it onward."""
