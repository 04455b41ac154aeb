# fault: the memory is called System RAM (dax) in /proc/iomem
# breaks: EFFECT-4
# needs: a look at iomem while memory is there
# shown by: iomem-follows-the-state
s/"System RAM (kmem)"/"System RAM (dax)"/
