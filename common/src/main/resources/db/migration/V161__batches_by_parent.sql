-- The parts of a batch in the order in which they are listed: a page of thousands is read without sorting them.
CREATE INDEX batch_operations_by_parent_and_id ON batch_operations (parent_id, id) WHERE parent_id IS NOT NULL;
DROP INDEX batch_operations_by_parent;
