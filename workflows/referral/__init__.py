"""The referral journey: from a request for allocation until care has started, was refused, or was taken back."""
