# fault: every good word that is written is logged with level error
# breaks: ROBUST-1
# needs: a write, and a look at every log line of level error
# shown by: interrupted-rolls-back clean-through-a-whole-round
/^static ssize_t state_store/,/^}/ s/^\tguard(mutex)(.*/&\n\tdev_err(dev, "state to be %d\\n", online_type);/
