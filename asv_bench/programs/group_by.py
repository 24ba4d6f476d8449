"""Sales by shop and by day with pandas: groups, their shares, moving means."""

import numpy as np
import pandas as pd

SIZES = {"XS": (60, 4, 1), "S": (100, 5, 18), "M": (30_000, 50, 28), "L": (1_500_000, 500, 5)}


def setup(size):
    sales, shops, repeats = size
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({
        "shop": rng.integers(shops, size=sales),
        "day": np.sort(rng.integers(365, size=sales)),
        "price": rng.gamma(2.0, 10.0, sales),
        "pieces": rng.integers(1, 6, sales),
    })
    return frame, repeats


def evaluate(frame):
    revenue = frame["price"] * frame["pieces"]
    sold = frame.assign(revenue=revenue, dear=revenue > revenue.mean())
    by_shop = sold.groupby("shop")["revenue"].agg(["sum", "mean", "std", "max"])
    share = revenue / sold.groupby("shop")["revenue"].transform("sum")
    by_day = sold.groupby("day")[["revenue", "dear"]].sum()
    smooth = by_day["revenue"].rolling(7, min_periods=1).mean()
    level = np.log1p(sold["revenue"]).rolling(20, min_periods=1).std().fillna(0.0)
    return by_shop.to_numpy(), share.to_numpy(), smooth.to_numpy(), level.to_numpy()


def run(frame, repeats):
    for _ in range(repeats):
        answer = evaluate(frame)
    return answer
