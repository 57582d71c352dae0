"""Names of the aspects of ``template_topic`` that check and grader share, beside the common ones: none so far."""
