-- Calls of the language model that gave nothing of use: no answer, none that can be read, or one of another form than was asked for.
ALTER TABLE product_model_spending ADD COLUMN failures integer NOT NULL DEFAULT 0;
