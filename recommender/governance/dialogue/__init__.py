"""What professionals say: review sheets, elicitation, and how often they overrule."""
