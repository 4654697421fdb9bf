-- Whoever was erased has the empty name in the order of lists, and nobody else: a list begins behind it. Members of whom their
-- provider states neither name nor address had it too.
UPDATE member SET sort_name = '?' WHERE sort_name = '' AND lifecycle <> 'purged';
