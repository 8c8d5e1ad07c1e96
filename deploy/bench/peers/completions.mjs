/** Without one more completed job for so long, the run is given up. */
const PATIENCE_MS = 30_000;

/** Counts stored ends. Anything but a completed job means that the measurement is void. */
export class Completions {
    #completed = 0;
    #failure;
    #waiter;

    oneIsStored() {
        this.#completed++;
        if (this.#waiter && this.#completed >= this.#waiter.total) {
            this.#waiter.resolve();
        }
    }

    fail(error) {
        this.#failure ??= new Error(`a job did not complete: ${error.message}`, { cause: error });
        this.#waiter?.reject(this.#failure);
    }

    /** Waits until so many jobs have completed in all. */
    async reach(total) {
        if (this.#failure) {
            throw this.#failure;
        }
        if (this.#completed >= total) {
            return;
        }
        const watch = this.#giveUpWhenNothingMoves();
        try {
            await new Promise((resolve, reject) => (this.#waiter = { total, resolve, reject }));
        } finally {
            clearInterval(watch);
            this.#waiter = undefined;
        }
    }

    #giveUpWhenNothingMoves() {
        let seen = this.#completed;
        return setInterval(() => {
            if (this.#completed === seen) {
                this.fail(new Error(`none for ${PATIENCE_MS / 1000} s, ${seen} have`));
            }
            seen = this.#completed;
        }, PATIENCE_MS);
    }
}
