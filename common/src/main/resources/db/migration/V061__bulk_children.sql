-- What a retried parent does about its children, see JobAdmin.Children; of no meaning for other actions.
ALTER TABLE bulk_operation
    ADD COLUMN children text NOT NULL DEFAULT 'retry' CHECK (children IN ('retry', 'ignore'));
