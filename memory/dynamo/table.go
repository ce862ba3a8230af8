// Package dynamo is a table of memory in DynamoDB, which processes share.
//
// It promises what every such table does: a write is one call, conditional and atomic, and what has expired is not
// there, whenever DynamoDB deletes it. A write whose answer was lost may be made twice; its condition then says what is
// there.
package dynamo

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"whystopped/archive/stack"
	"whystopped/memory"
)

// Of a call, which is one of several that have 300 ms together.
const (
	attempts   = 4
	maxBackoff = 50 * time.Millisecond
)

// Table is a table of DynamoDB. It may be used by several goroutines at once.
type Table struct {
	client *dynamodb.Client
	name   string
	now    func() time.Time
}

// New returns the table of that name, whose keys and expiry are called as package stack says.
func New(cfg aws.Config, name string, now func() time.Time) *Table {
	client := dynamodb.NewFromConfig(cfg, func(o *dynamodb.Options) {
		o.Retryer = retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts, o.MaxBackoff = attempts, maxBackoff
		})
	})
	return &Table{client, name, now}
}

// Query returns the items of a part, by Sort, as they are after all writes that have been answered.
func (t *Table) Query(ctx context.Context, part string) ([]memory.Item, error) {
	e := newExpression()
	return t.query(ctx, e, e.name(stack.MemoryPart)+" = "+e.value(part))
}

func (t *Table) query(ctx context.Context, e *expression, keys string) ([]memory.Item, error) {
	var found []memory.Item
	input := &dynamodb.QueryInput{TableName: &t.name, ConsistentRead: aws.Bool(true), KeyConditionExpression: &keys,
		ExpressionAttributeNames: e.names, ExpressionAttributeValues: e.values}
	for {
		page, err := t.client.Query(ctx, input)
		if err != nil {
			return nil, t.explain("Query", err)
		}
		for _, attributes := range page.Items {
			if item := itemOf(attributes); item.Live(t.now()) {
				found = append(found, item)
			}
		}
		if len(page.LastEvaluatedKey) == 0 {
			return found, nil
		}
		input.ExclusiveStartKey = page.LastEvaluatedKey
	}
}

// Write makes w, or returns what is there instead.
func (t *Table) Write(ctx context.Context, w memory.Write) (memory.Item, bool, error) {
	if w.Where.Replaces() {
		return t.put(ctx, w)
	}
	return t.update(ctx, w)
}

// expression is made of names and values that stand for themselves: many names are reserved words of DynamoDB.
type expression struct {
	names  map[string]string
	values map[string]types.AttributeValue
}

func (e *expression) name(name string) string {
	short := "#" + name
	e.names[short] = name
	return short
}

func (e *expression) value(v any) string {
	short := ":v" + strconv.Itoa(len(e.values))
	e.values[short] = value(v)
	return short
}

func newExpression() *expression {
	return &expression{map[string]string{}, map[string]types.AttributeValue{}}
}

func (t *Table) put(ctx context.Context, w memory.Write) (memory.Item, bool, error) {
	made := w.Made(memory.Item{})
	input := &dynamodb.PutItemInput{TableName: &t.name, Item: attributesOf(made)}
	if w.Where.Absent {
		e := newExpression()
		input.ConditionExpression = aws.String(fmt.Sprintf("attribute_not_exists(%s) OR %s <= %s",
			e.name(stack.MemoryPart), e.name(stack.MemoryExpires), e.value(t.now().Unix())))
		input.ExpressionAttributeNames, input.ExpressionAttributeValues = e.names, e.values
		input.ReturnValuesOnConditionCheckFailure = types.ReturnValuesOnConditionCheckFailureAllOld
	}
	if _, err := t.client.PutItem(ctx, input); err != nil {
		return t.instead(ctx, "PutItem", w.Key, err)
	}
	return memory.Item{Key: made.Key, Fields: made.Fields, Expires: time.Unix(made.Expires.Unix(), 0)}, true, nil
}

func (t *Table) update(ctx context.Context, w memory.Write) (memory.Item, bool, error) {
	e := newExpression()
	where := []string{e.name(stack.MemoryExpires) + " > " + e.value(t.now().Unix())}
	for _, name := range slices.Sorted(maps.Keys(w.Where.Equal)) {
		where = append(where, e.name(name)+" = "+e.value(w.Where.Equal[name]))
	}
	for _, name := range slices.Sorted(maps.Keys(w.Where.Lacks)) {
		where = append(where, "NOT contains("+e.name(name)+", "+e.value(w.Where.Lacks[name])+")")
	}
	for _, name := range slices.Sorted(maps.Keys(w.Where.Shorter)) {
		where = append(where, "size("+e.name(name)+") < "+e.value(int64(w.Where.Shorter[name])))
	}
	set := []string{e.name(stack.MemoryExpires) + " = " + e.value(w.Expires.Unix())}
	for _, name := range slices.Sorted(maps.Keys(w.Set)) {
		set = append(set, e.name(name)+" = "+e.value(w.Set[name]))
	}
	for _, name := range slices.Sorted(maps.Keys(w.Add)) {
		n := e.name(name)
		set = append(set, fmt.Sprintf("%s = if_not_exists(%s, %s) + %s", n, n, e.value(int64(0)), e.value(w.Add[name])))
	}
	for _, name := range slices.Sorted(maps.Keys(w.Append)) {
		n := e.name(name)
		set = append(set, fmt.Sprintf("%s = list_append(if_not_exists(%s, %s), %s)", n, n, e.value([]string{}),
			e.value(w.Append[name])))
	}
	answer, err := t.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &t.name,
		Key: map[string]types.AttributeValue{stack.MemoryPart: value(w.Key.Part),
			stack.MemorySort: value(w.Key.Sort)},
		ConditionExpression:                 aws.String(strings.Join(where, " AND ")),
		UpdateExpression:                    aws.String("SET " + strings.Join(set, ", ")),
		ExpressionAttributeNames:            e.names,
		ExpressionAttributeValues:           e.values,
		ReturnValues:                        types.ReturnValueAllNew,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	})
	if err != nil {
		return t.instead(ctx, "UpdateItem", w.Key, err)
	}
	return itemOf(answer.Attributes), true, nil
}

// instead returns what is there where a condition did not hold, and else the error. Not every stand-in of DynamoDB says
// with the failed condition what is there, so that where nothing is, it is looked up.
func (t *Table) instead(ctx context.Context, operation string, key memory.Key, err error) (memory.Item, bool, error) {
	failed, ok := errors.AsType[*types.ConditionalCheckFailedException](err)
	if !ok {
		return memory.Item{}, false, t.explain(operation, err)
	}
	if len(failed.Item) > 0 {
		if item := itemOf(failed.Item); item.Live(t.now()) {
			return item, false, nil
		}
		return memory.Item{}, false, nil
	}
	e := newExpression()
	found, err := t.query(ctx, e, e.name(stack.MemoryPart)+" = "+e.value(key.Part)+" AND "+
		e.name(stack.MemorySort)+" = "+e.value(key.Sort))
	if err != nil || len(found) == 0 {
		return memory.Item{}, false, err
	}
	return found[0], false, nil
}

// explain says what a refused call means for the person who runs whystopped. The codes are those of
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html.
func (t *Table) explain(operation string, err error) error {
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		switch api.ErrorCode() {
		case "AccessDeniedException":
			return fmt.Errorf("not allowed to call dynamodb:%s: allow it on the table %s: %w", operation, t.name, err)
		case "ResourceNotFoundException":
			return fmt.Errorf("no table %s: deploy again, or set remember to off: %w", t.name, err)
		}
	}
	return fmt.Errorf("%s of the table %s: %w", operation, t.name, err)
}

// value is a number, a text or a list of texts as DynamoDB has it.
func value(v any) types.AttributeValue {
	switch v := v.(type) {
	case int64:
		return &types.AttributeValueMemberN{Value: strconv.FormatInt(v, 10)}
	case []string:
		list := make([]types.AttributeValue, len(v))
		for i, element := range v {
			list[i] = value(element)
		}
		return &types.AttributeValueMemberL{Value: list}
	}
	text, _ := v.(string)
	return &types.AttributeValueMemberS{Value: text}
}

func attributesOf(item memory.Item) map[string]types.AttributeValue {
	attributes := map[string]types.AttributeValue{stack.MemoryPart: value(item.Key.Part),
		stack.MemorySort: value(item.Key.Sort), stack.MemoryExpires: value(item.Expires.Unix())}
	for name, v := range item.Fields {
		attributes[name] = value(v)
	}
	return attributes
}

// itemOf reads an item; what is of another kind than this version writes is left out.
func itemOf(attributes map[string]types.AttributeValue) memory.Item {
	item := memory.Item{Fields: memory.Fields{}}
	for name, v := range attributes {
		switch v := v.(type) {
		case *types.AttributeValueMemberN:
			if n, err := strconv.ParseInt(v.Value, 10, 64); err == nil {
				item.Fields[name] = n
			}
		case *types.AttributeValueMemberS:
			item.Fields[name] = v.Value
		case *types.AttributeValueMemberL:
			list := make([]string, 0, len(v.Value))
			for _, element := range v.Value {
				if s, ok := element.(*types.AttributeValueMemberS); ok {
					list = append(list, s.Value)
				}
			}
			item.Fields[name] = list
		}
	}
	item.Key = memory.Key{Part: item.Fields.Text(stack.MemoryPart), Sort: item.Fields.Text(stack.MemorySort)}
	item.Expires = time.Unix(item.Fields.Number(stack.MemoryExpires), 0)
	for _, name := range []string{stack.MemoryPart, stack.MemorySort, stack.MemoryExpires} {
		delete(item.Fields, name)
	}
	return item
}
