-- Kept free for the step that is made at the same time as 0003 and comes before it.
SELECT 1;
